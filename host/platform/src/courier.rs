//! The carrier of messages in the host's own form, and of feedback in particular: a
//! message goes to the credit platform, and its answer is read.

use reqwest::Client;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::answer::{self, Reading};
use crate::carrier::{Carrier, DeliveryError, Pace};
use crate::exchange;
use crate::options::{BearerToken, DeliveryOptions, OptionsError};
use crate::outbox::Message;

/// Carries messages to one receiver: feedback to a platform, unless another proof of
/// the sender says otherwise.
pub struct Courier<P = Option<BearerToken>> {
    pub(crate) client: Client,
    pub(crate) options: DeliveryOptions<P>,
}

impl<P> Courier<P> {
    /// A courier to the receiver of these options.
    ///
    /// # Errors
    /// [`OptionsError::Client`] when no HTTP client can be made, as on a system
    /// without certificates for an `https` receiver.
    pub fn new(options: DeliveryOptions<P>) -> Result<Self, OptionsError> {
        Ok(Self { client: exchange::client(&options.endpoint, options.deadline)?, options })
    }
}

impl Carrier for Courier {
    fn pace(&self) -> &Pace {
        &self.options.pace
    }

    async fn carry(&self, message: &Message) -> Result<(), DeliveryError> {
        let mut request = self
            .client
            .post(self.options.endpoint.url())
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", &message.id)
            .body(message.body.clone());
        if let Some(token) = &self.options.proof {
            request = request.header(AUTHORIZATION, token.header());
        }
        let answered = exchange::send(request).await?;
        let (status, retry_after) = (answered.status, answered.retry_after);
        match answer::read(&message.id, status, &answered.body) {
            Reading::Accepted => Ok(()),
            Reading::NotAcknowledged => Err(DeliveryError::NotAcknowledged(status)),
            Reading::Refused => Err(DeliveryError::Refused(status)),
            Reading::TryLater => Err(DeliveryError::Unavailable { status, retry_after }),
        }
    }
}
