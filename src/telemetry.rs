//! The log: text for people, JSON for machines, on standard error. With the feature `otel` traces as well.

#[cfg(feature = "otel")]
mod otel;

use std::io::{self, IsTerminal};

use tracing::{Span, Subscriber};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

use crate::args::{LogArgs, LogFormat};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("failed to use --log-level {text:?}: {source}; give a level, or levels by module such as debug,kube=info")]
    Filter { text: String, source: tracing_subscriber::filter::ParseError },
    #[error("failed to start the log")]
    Start(#[source] TryInitError),
    #[cfg(feature = "otel")]
    #[error("failed to set up traces by the OTEL_EXPORTER_OTLP_… variables")]
    Traces(#[source] opentelemetry_otlp::ExporterBuildError),
}

/// What is still to be done with log and traces when the process ends; done when it is dropped.
#[derive(Debug, Default)]
#[must_use = "traces are sent until it is dropped"]
pub struct Telemetry {
    #[cfg(feature = "otel")]
    _exporter: otel::Exporter,
}

/// The field of a reconcile's span that its trace is told in; empty without traces.
pub const TRACE_ID: &str = "trace_id";

/// Tells in the log which trace a span belongs to, if it is sent anywhere.
pub fn note_trace(span: &Span) {
    #[cfg(feature = "otel")]
    if let Some(id) = otel::trace_id(span) {
        span.record(TRACE_ID, tracing::field::display(id));
    }
    #[cfg(not(feature = "otel"))]
    let _ = span;
}

/// Starts the log of the process, once. Must be called outside the async runtime, because traces have a thread of their own.
pub fn start(log: &LogArgs) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&log.log_level)
        .map_err(|source| TelemetryError::Filter { text: log.log_level.clone(), source })?;
    let lines = match log.log_format {
        // Colours would be noise in whatever collects the log.
        LogFormat::Text => fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => json(io::stderr).boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines);
    #[cfg(feature = "otel")]
    {
        let exporter = otel::Exporter::from_environment().map_err(TelemetryError::Traces)?;
        registry.with(exporter.layer()).with(filter).try_init().map_err(TelemetryError::Start)?;
        Ok(Telemetry { _exporter: exporter })
    }
    #[cfg(not(feature = "otel"))]
    {
        registry.with(filter).try_init().map_err(TelemetryError::Start)?;
        Ok(Telemetry::default())
    }
}

/// One JSON object a line, flat: the fields of the reconcile's span stand beside those of the event, so that whoever searches the log
/// finds an object by the same keys everywhere. `name` is the span's. An event must not use a key of the span: the line would have it twice.
fn json<S>(writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    json_subscriber::fmt::layer()
        .with_writer(writer)
        .with_current_span(false)
        .with_span_list(false)
        .flatten_event(true)
        .flatten_span_list_on_top_level(true)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use jiff::Timestamp;
    use serde_json::{Map, Value, json};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged, each line without its time.
    fn logged(work: impl FnOnce()) -> Vec<Value> {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::registry().with(super::json(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, work);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        text.lines().map(without_time).collect()
    }

    fn without_time(line: &str) -> Value {
        let mut line: Map<String, Value> = serde_json::from_str(line).unwrap();
        let time = line.remove("timestamp").unwrap();
        time.as_str().unwrap().parse::<Timestamp>().unwrap();
        Value::Object(line)
    }

    #[test]
    fn a_line_of_a_reconcile_carries_the_object_beside_its_own_fields() {
        let lines = logged(|| {
            let span = tracing::info_span!(
                "reconcile",
                object.namespace = "team",
                object.name = "payments",
                object.generation = 3
            );
            span.in_scope(|| tracing::info!(service_id = "epsrv-1", request_id = None::<&str>, "Ready is {}", true));
        });
        assert_eq!(
            lines,
            [json!({
                "level": "INFO",
                "target": "privatelink_operator::telemetry::tests",
                "name": "reconcile",
                "object.namespace": "team",
                "object.name": "payments",
                "object.generation": 3,
                "service_id": "epsrv-1",
                "message": "Ready is true",
            })]
        );
    }

    #[test]
    fn whatever_is_logged_is_one_line() {
        let lines = logged(|| tracing::warn!(error = %"a\n\"b\"", count = 2_u64, share = 0.5, "two\nlines"));
        assert_eq!(lines.len(), 1);
        let found = ["error", "count", "share", "message"].map(|key| lines[0][key].clone());
        assert_eq!(found, [json!("a\n\"b\""), json!(2), json!(0.5), json!("two\nlines")]);
    }
}
