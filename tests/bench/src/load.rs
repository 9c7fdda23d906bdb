//! A load generator: many connections, one request after the other on each, as
//! fast as the host answers. Plain HTTP/1.1 over TCP, because the generator
//! shares the machine with the host and must not eat its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{quantile, report, scenario};

/// Stands in the request where the case number goes.
const CASE_NO: &str = "CASENUMBER-00000000";

#[derive(Args)]
pub(crate) struct Options {
    /// Address of the host, such as 127.0.0.1:8480.
    #[arg(long)]
    address: String,
    /// API key of a caller.
    #[arg(long, env = "CREDITGATE_KEY")]
    key: String,
    /// Department that asks.
    #[arg(long, default_value = "market-regulation")]
    department: String,
    /// Item it asks for, at review.
    #[arg(long, default_value = "food-licence")]
    item: String,
    /// Count every answer, be it a check that failed or a refusal: the load is
    /// there to be a nuisance.
    #[arg(long)]
    any_answer: bool,
    /// Connections held open.
    #[arg(long, default_value_t = 32)]
    connections: u32,
    /// Seconds to measure.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Measure until standard input is closed, instead of --seconds.
    #[arg(long, conflicts_with = "seconds")]
    until_closed: bool,
    /// Seconds of load before that.
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
    /// Process id of the host, whose processor time is then measured too.
    #[arg(long)]
    host_pid: Option<u32>,
}

#[derive(Serialize)]
struct Measured {
    checks: u64,
    /// Requests without an answer, and answers that are not a clear check: faster
    /// or slower than a check, and not counted as one.
    failed: u64,
    /// Requests that were answered 503, where every answer counts.
    refused: u64,
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Processor time of the host for each check; steadier than the checks in a
    /// second, which also depend on what else the machine does.
    host_cpu_us: Option<f64>,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    let from = Instant::now() + Duration::from_secs_f64(options.warm_up);
    let stop = Arc::new(AtomicBool::new(false));
    let template = Template::new(options)?;
    let drive = |number| drive(options.address.clone(), template.clone(), number, from, Arc::clone(&stop));
    let connections: Vec<_> = (0..options.connections).map(|number| tokio::spawn(drive(number))).collect();
    tokio::time::sleep_until(from.into()).await;
    let cpu_before = options.host_pid.map(cpu_us).transpose()?;
    end_of(options, from).await?;
    let seconds = from.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let mut all = Driven::new()?;
    for connection in connections {
        let Driven { microseconds, failed, refused } = connection.await??;
        all.microseconds.add(microseconds)?;
        all.failed += failed;
        all.refused += refused;
    }
    let cpu_after = options.host_pid.map(cpu_us).transpose()?;
    let checks = all.microseconds.len();
    let number = f64::from(u32::try_from(checks)?);
    report(&Measured {
        checks,
        failed: all.failed,
        refused: all.refused,
        per_s: number / seconds,
        p50_ms: quantile(&all.microseconds, 0.5),
        p99_ms: quantile(&all.microseconds, 0.99),
        host_cpu_us: cpu_before.zip(cpu_after).map(|(before, after)| (after - before) / number),
    })
}

/// Resolves at the end of what is measured.
async fn end_of(options: &Options, from: Instant) -> Result<()> {
    if options.until_closed {
        let closed = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        tokio::task::spawn_blocking(closed).await??;
    } else {
        tokio::time::sleep_until((from + Duration::from_secs_f64(options.seconds)).into()).await;
    }
    Ok(())
}

/// Microseconds of processor time a process has used, by Linux's `/proc`.
fn cpu_us(pid: u32) -> Result<f64> {
    /// Unit of the times in `/proc/PID/stat`: a hundredth of a second.
    const TICK_US: f64 = 10_000.0;
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    // The program's name stands in brackets and may hold spaces; user and system
    // time are fields 14 and 15, the bracket closes field 2.
    let (_, fields) = stat.rsplit_once(')').with_context(|| format!("{path} has another form"))?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    Ok(ticks.sum::<Result<u32, _>>().map(f64::from)? * TICK_US)
}

/// The bytes of a request, with the place of the case number.
#[derive(Clone)]
struct Template {
    bytes: Vec<u8>,
    case_no: usize,
    any_answer: bool,
}

impl Template {
    fn new(options: &Options) -> Result<Self> {
        let Options { address, key, department, item, any_answer, .. } = options;
        let body = scenario::request_body(department, item, CASE_NO);
        let text = format!(
            "POST /v1/checks HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let case_no = text.find(CASE_NO).context("the request has no case number")?;
        Ok(Self { bytes: text.into_bytes(), case_no, any_answer: *any_answer })
    }

    /// Puts in a case number of the same length.
    fn number(&mut self, connection: u32, request: u32) {
        let number = format!("BENCH{connection:04}-{request:09}");
        debug_assert_eq!(number.len(), CASE_NO.len());
        self.bytes[self.case_no..self.case_no + number.len()].copy_from_slice(number.as_bytes());
    }
}

/// What one connection, or all of them, saw.
struct Driven {
    /// Of each clear check that was asked for in the window.
    microseconds: Histogram<u64>,
    /// Of all requests.
    failed: u64,
    refused: u64,
}

impl Driven {
    fn new() -> Result<Self> {
        Ok(Self { microseconds: Histogram::new(3)?, failed: 0, refused: 0 })
    }
}

/// One connection, which is made anew after a failure.
async fn drive(
    address: String,
    mut template: Template,
    connection: u32,
    from: Instant,
    stop: Arc<AtomicBool>,
) -> Result<Driven> {
    let mut stream = connect(&address).await?;
    let mut driven = Driven::new()?;
    let mut buffer = Vec::with_capacity(16 << 10);
    for request in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        template.number(connection, request);
        let started = Instant::now();
        match exchange(&mut stream, &template, &mut buffer).await {
            Ok(_) if started < from => {}
            Ok(Answer::Refused) => driven.refused += 1,
            Ok(Answer::Check) => driven.microseconds.record(u64::try_from(started.elapsed().as_micros())?)?,
            Err(error) => {
                if driven.failed == 0 {
                    eprintln!("connection {connection}: {error:#}");
                }
                driven.failed += 1;
                stream = connect(&address).await?;
            }
        }
    }
    Ok(driven)
}

async fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("cannot reach {address}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// What came back.
enum Answer {
    Check,
    /// The host was too busy, and may be.
    Refused,
}

async fn exchange(stream: &mut TcpStream, request: &Template, buffer: &mut Vec<u8>) -> Result<Answer> {
    stream.write_all(&request.bytes).await?;
    let body = read_answer(stream, buffer).await?;
    if request.any_answer {
        return Ok(if buffer.starts_with(REFUSED) { Answer::Refused } else { Answer::Check });
    }
    let head = String::from_utf8_lossy(&buffer[..body]);
    ensure!(buffer.starts_with(OK), "the host answered {}", head.lines().next().unwrap_or(""));
    let clear = buffer[body..].windows(CLEAR.len()).any(|window| window == CLEAR);
    ensure!(clear, "the check did not come out clear: {}", String::from_utf8_lossy(buffer));
    Ok(Answer::Check)
}

const OK: &[u8] = b"HTTP/1.1 200";
const REFUSED: &[u8] = b"HTTP/1.1 503";

/// What every answer says. A check that fails is faster than one that does not,
/// and must not be counted.
const CLEAR: &[u8] = br#""status":"clear""#;

/// Reads one answer of known length; gives back where its body begins.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<usize> {
    buffer.clear();
    let mut expected = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the host closed the connection");
        }
        if expected.is_none()
            && let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n")
        {
            let head = std::str::from_utf8(&buffer[..end])?;
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .context("the answer has no length")?;
            expected = Some((end + 4, length.1.trim().parse::<usize>()?));
        }
        match expected {
            Some((body, length)) if buffer.len() == body + length => return Ok(body),
            Some((body, length)) => ensure!(buffer.len() < body + length, "more than one answer"),
            None => {}
        }
    }
}
