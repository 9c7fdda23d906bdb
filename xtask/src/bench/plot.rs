//! Throughput and the slowest hundredth against the number of connections, in the
//! sandbox and natively, as a picture.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::parts::{Bench, Load};
use crate::city::City;

/// Connections of each pair of measurements.
const CONNECTIONS: [u32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Size of the picture, and of the room around a panel.
const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 330.0;
const PANEL: f64 = 340.0;
/// From the left of the first panel to the left of the second.
const APART: f64 = 430.0;

/// Colours of the two lines.
const SANDBOX: &str = "#b3261e";
const NATIVE: &str = "#1a56a0";

/// What was measured at one number of connections.
pub(super) struct Point {
    connections: u32,
    sandbox: Load,
    native: Load,
}

/// Measures both engines at every number of connections.
pub(super) fn measure(
    bench: &Bench,
    city: &City,
    folder: &Path,
    key: &str,
    seconds: u32,
) -> Result<Vec<Point>> {
    let at = |connections| {
        eprintln!("{connections} connections: {seconds} s in the sandbox, {seconds} s natively");
        let bench = Bench { connections, ..bench.clone() };
        let sandbox = bench.round(city, folder, "sandbox", key, seconds)?;
        let native = bench.round(city, folder, "native", key, seconds)?;
        Ok(Point { connections, sandbox, native })
    };
    CONNECTIONS.into_iter().map(at).collect()
}

/// Draws it into a file.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn draw(points: &[Point], file: &Path) -> Result<()> {
    std::fs::write(file, svg(points)).with_context(|| format!("cannot write {}", file.display()))
}

/// One of the two panels: a value of each load against the connections.
struct Panel {
    left: f64,
    title: &'static str,
    unit: &'static str,
    value: fn(&Load) -> f64,
}

const PANELS: [Panel; 2] = [
    Panel { left: LEFT, title: "Durable checks in a second", unit: "1/s", value: |load| load.per_s },
    Panel { left: LEFT + APART, title: "99th percentile", unit: "ms", value: |load| load.p99_ms },
];

fn svg(points: &[Point]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    for panel in &PANELS {
        svg.push_str(&panel.svg(points));
    }
    for (y, colour, name) in [(14.0, SANDBOX, "in the sandbox"), (28.0, NATIVE, "compiled in")] {
        let x = WIDTH - 140.0;
        line(&mut svg, (x, y), (x + 24.0, y), colour);
        text(&mut svg, (x + 30.0, y + 4.0), "start", name);
    }
    svg.push_str("</svg>\n");
    svg
}

impl Panel {
    fn svg(&self, points: &[Point]) -> String {
        let mut svg = String::new();
        let values = points.iter().flat_map(|point| [&point.sandbox, &point.native]).map(self.value);
        let top = round_up(values.fold(0.0, f64::max));
        text(&mut svg, (self.left, TOP - 22.0), "start", &format!("{} ({})", self.title, self.unit));
        for step in 0..=4 {
            let value = top * f64::from(step) / 4.0;
            let y = self.y(value, top);
            line(&mut svg, (self.left, y), (self.left + PANEL, y), "#d0d0d0");
            text(&mut svg, (self.left - 6.0, y + 4.0), "end", &format!("{value}"));
        }
        for (position, point) in points.iter().enumerate() {
            let x = self.x(position, points.len());
            text(&mut svg, (x, BOTTOM + 18.0), "middle", &point.connections.to_string());
        }
        text(&mut svg, (self.left + PANEL / 2.0, BOTTOM + 38.0), "middle", "connections");
        self.curve(&mut svg, points, |point| &point.sandbox, (SANDBOX, top));
        self.curve(&mut svg, points, |point| &point.native, (NATIVE, top));
        svg
    }

    fn curve(&self, svg: &mut String, points: &[Point], of: fn(&Point) -> &Load, (colour, top): (&str, f64)) {
        let at = |(position, point): (usize, &Point)| {
            (self.x(position, points.len()), self.y((self.value)(of(point)), top))
        };
        let corners: Vec<(f64, f64)> = points.iter().enumerate().map(at).collect();
        for pair in corners.windows(2) {
            line(svg, pair[0], pair[1], colour);
        }
        for (x, y) in corners {
            push(svg, format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>\n"));
        }
    }

    fn x(&self, position: usize, of: usize) -> f64 {
        let steps = u32::try_from(of.saturating_sub(1).max(1)).unwrap_or(u32::MAX);
        self.left + PANEL * f64::from(u32::try_from(position).unwrap_or(u32::MAX)) / f64::from(steps)
    }

    fn y(&self, value: f64, top: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * value / top
    }
}

/// The next of 1, 2, 4, 6, 8, 10 times a power of ten: what an axis ends with.
fn round_up(value: f64) -> f64 {
    let magnitude = 10_f64.powf(value.max(1e-9).log10().floor());
    let steps = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0];
    steps.iter().map(|step| step * magnitude).find(|end| *end >= value).unwrap_or(10.0 * magnitude)
}

fn line(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str) {
    push(
        svg,
        format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" \
             stroke-width=\"1.5\"/>\n"
        ),
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    push(svg, format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n"));
}

fn push(svg: &mut String, piece: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = svg.write_fmt(piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(per_s: f64, p99_ms: f64) -> Load {
        Load { checks: 1, failed: 0, refused: 0, per_s, p50_ms: 1.0, p99_ms, host_cpu_us: 1.0 }
    }

    #[test]
    fn every_measurement_has_its_place_between_the_axes() {
        let points = [(1, 500.0), (32, 9_000.0)].map(|(connections, per_s)| Point {
            connections,
            sandbox: load(per_s, 8.0),
            native: load(per_s * 1.2, 7.0),
        });
        let svg = svg(&points);
        assert_eq!(svg.matches("<circle").count(), 8, "two panels, two lines, two points");
        // The highest throughput, 10,800, on an axis that ends at 20,000.
        assert!(svg.contains("cy=\"178.8\""), "{svg}");
        assert!(svg.contains(">20000<") && svg.contains(">32<") && svg.contains(">8<"));
    }

    #[test]
    fn an_axis_ends_with_a_round_number() {
        for (value, end) in [(0.9, 1.0), (7.0, 8.0), (11.0, 20.0), (9_000.0, 10_000.0), (10_800.0, 20_000.0)]
        {
            assert!((round_up(value) - end).abs() < 1e-9 * end, "{value}");
        }
    }
}
