//! The deliveries beside the gate: feedback to the platform, events to the
//! webhook. Each runs as a task until it is told to stop.

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

use creditgate_platform::connector::ProfileCourier;
use creditgate_platform::{
    Carrier, Courier, Deliverer, DeliveryError, DeliveryOptions, Endpoint, Message, Outbox, Pace,
    WebhookCourier, WebhookSecret,
};
use creditgate_store::{Queue, Store};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::HostError;
use super::connectors::{Platforms, token};
use super::data_folder;
use super::outbox::StoreOutbox;
use crate::config::{PlatformConfig, WebhookConfig, milliseconds, set};
use crate::watch::Heart;

/// Delivers feedback.
pub(crate) type FeedbackDeliverer = Deliverer<StoreOutbox, FeedbackCourier>;
/// Delivers events.
pub(crate) type EventDeliverer = Deliverer<StoreOutbox, WebhookCourier>;

/// The way to the credit platform.
///
/// # Errors
/// [`HostError::Secret`], [`HostError::Platform`] or
/// [`HostError::UnknownConnector`].
pub(crate) fn of_feedback(
    config: &PlatformConfig,
    platforms: &Platforms,
    store: &Store,
    heart: Arc<Heart>,
) -> Result<FeedbackDeliverer, HostError> {
    let courier = match (&config.url, &config.connector) {
        (Some(url), _) => FeedbackCourier::Own(Box::new(own_form(config, url)?)),
        (None, Some(name)) => FeedbackCourier::Profile(Box::new(by_profile(config, platforms, name)?)),
        (None, None) => return Err(HostError::UnknownConnector { name: String::new() }),
    };
    Ok(Deliverer::new(StoreOutbox::new(store.clone(), Queue::Feedback, heart), courier))
}

fn own_form(config: &PlatformConfig, url: &Endpoint) -> Result<Courier, HostError> {
    let token = config.token_file.as_deref().map(token).transpose()?;
    let token = token.transpose().map_err(HostError::Platform)?;
    Courier::new(options(url, token, config.timeout_ms, config.max_attempts)).map_err(HostError::Platform)
}

/// Options with what the configuration says of them.
fn options<P>(
    endpoint: &Endpoint,
    proof: P,
    timeout_ms: Option<NonZeroU64>,
    max_attempts: Option<NonZeroU32>,
) -> DeliveryOptions<P> {
    let mut options = DeliveryOptions::new(endpoint.clone(), proof);
    set(&mut options.deadline, timeout_ms.map(milliseconds));
    set(&mut options.pace.backoff.attempts, max_attempts.map(NonZeroU32::get));
    options
}

fn by_profile(
    config: &PlatformConfig,
    platforms: &Platforms,
    name: &str,
) -> Result<ProfileCourier, HostError> {
    let unknown = || HostError::UnknownConnector { name: name.to_owned() };
    let platform = platforms.get(name).ok_or_else(unknown)?;
    let DeliveryOptions { deadline, pace, .. } =
        options(&platform.options.endpoint, (), config.timeout_ms, config.max_attempts);
    ProfileCourier::new(platform.options.clone(), Arc::clone(&platform.profile), deadline, pace)
        .map_err(HostError::Platform)
}

/// Carries feedback in the host's own form, or in that of a platform's profile.
pub(crate) enum FeedbackCourier {
    Own(Box<Courier>),
    Profile(Box<ProfileCourier>),
}

impl Carrier for FeedbackCourier {
    fn pace(&self) -> &Pace {
        match self {
            Self::Own(courier) => courier.pace(),
            Self::Profile(courier) => courier.pace(),
        }
    }

    async fn carry(&self, message: &Message) -> Result<(), DeliveryError> {
        match self {
            Self::Own(courier) => courier.carry(message).await,
            Self::Profile(courier) => courier.carry(message).await,
        }
    }
}

/// The way to the webhook's receiver.
///
/// # Errors
/// [`HostError::Secret`] or [`HostError::Webhook`].
pub(crate) fn of_events(
    config: &WebhookConfig,
    store: &Store,
    heart: Arc<Heart>,
) -> Result<EventDeliverer, HostError> {
    let secret = data_folder::read_secret(&config.secret_file)?;
    let secret = WebhookSecret::new(secret.trim_ascii()).map_err(HostError::Webhook)?;
    let options = options(&config.url, secret, config.timeout_ms, config.max_attempts);
    let courier = WebhookCourier::new(options).map_err(HostError::Webhook)?;
    Ok(Deliverer::new(StoreOutbox::new(store.clone(), Queue::Events, heart), courier))
}

/// A delivery at work.
pub(crate) struct Running {
    what: &'static str,
    heart: Arc<Heart>,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts delivering. `what` is for the log.
    pub(crate) fn start<O, C>(what: &'static str, heart: Arc<Heart>, deliverer: Deliverer<O, C>) -> Self
    where
        O: Outbox + 'static,
        C: Carrier + 'static,
    {
        let (stop, stopped) = watch::channel(());
        let (deliverer, kept) = (Arc::new(deliverer), Arc::clone(&heart));
        let deliver = move || {
            let (deliverer, mut stopped) = (Arc::clone(&deliverer), stopped.clone());
            async move {
                let stopped = async move {
                    // A sender that is gone means the same as a word from it.
                    let _ = stopped.changed().await;
                };
                deliverer.run(stopped).await;
            }
        };
        let task = tokio::spawn(async move { kept.keep(deliver).await });
        Self { what, heart, stop, task }
    }

    /// Finishes what is under way, in the time the delivery gives itself.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        if !self.heart.runs() {
            // It panicked, and would only begin again.
            self.task.abort();
        }
        match self.task.await {
            Err(error) if !error.is_cancelled() => {
                let error = creditgate_gate::chain(&error);
                tracing::error!(what = self.what, error, "a delivery ended badly");
            }
            _ => {}
        }
    }
}
