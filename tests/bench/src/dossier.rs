//! What a dossier costs where the lists are long: the entries of one party out of
//! millions, and what the catalogue makes of them.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Args;
use creditgate_credit::application::{Party, PartyRole, SubjectKind};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::identifier::{Identifier, Strictness};
use creditgate_credit::list_type::ListRules;
use creditgate_gate::ports::CreditSource as _;
use creditgate_store::{Store, StoreOptions};
use generated_city::City;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::scenario::{self, Recorded};
use crate::{quantile, report};

#[derive(Args)]
pub(crate) struct Options {
    /// File of the store, which no host has open.
    #[arg(long)]
    store: PathBuf,
    /// Seed of the generated city whose lists are in it.
    #[arg(long)]
    seed: u64,
    /// How many entries it has.
    #[arg(long)]
    entries: u64,
    /// Parties to look up.
    #[arg(long, default_value_t = 20_000)]
    parties: u64,
}

#[derive(Serialize)]
struct Measured {
    parties: u64,
    /// Entries found, of all parties.
    found: u64,
    p50_us: f64,
    p99_us: f64,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    let store = Store::open(&options.store, &StoreOptions::default())?;
    let city = City::new(options.seed, options.entries);
    let scenario = scenario::food_licence(Recorded::Nothing)?;
    let (catalogue, policy) = (scenario::catalogue(), scenario::policy());
    // Spread over all of them, and not in their order.
    let step = (options.entries / 2 + 1) | 1;
    let numbers =
        (0..options.parties).map(|n| n.wrapping_mul(step).wrapping_mul(2_654_435_761) % options.entries);
    let applications = numbers
        .map(|number| {
            let mut application = (*scenario.application).clone();
            application.parties = vec![party(&city, number)?];
            Ok(application)
        })
        .collect::<Result<Vec<_>>>()?;
    let mut nanoseconds = Histogram::<u64>::new(3)?;
    let mut found = 0;
    // The first time to warm up what the second measures.
    for timed in [false, true] {
        for application in &applications {
            let started = Instant::now();
            let evidence = store.evidence(&application.parties).await?;
            let dossier =
                Dossier::assemble(application, evidence, &catalogue, &policy, &ListRules::default());
            let took = started.elapsed();
            if timed {
                nanoseconds.record(u64::try_from(took.as_nanos())?)?;
                found +=
                    black_box(&dossier).parties.iter().map(|party| party.history.len() as u64).sum::<u64>();
            }
        }
    }
    let (p50_us, p99_us) = (quantile(&nanoseconds, 0.5), quantile(&nanoseconds, 0.99));
    report(&Measured { parties: options.parties, found, p50_us, p99_us })
}

/// The subject of an entry as a party.
fn party(city: &City, number: u64) -> Result<Party> {
    let entry = city.entry(number);
    let identifiers = entry
        .subject_identifiers
        .iter()
        .map(|one| Ok(Identifier::parse(one.kind, &one.value, Strictness::Format)?.identifier))
        .collect::<Result<_>>()?;
    Ok(Party {
        id: "p1".into(),
        role: PartyRole::Applicant,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: entry.subject_name,
        identifiers,
        attributes: Vec::new(),
    })
}
