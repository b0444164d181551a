//! Traces over OTLP: each reconcile is a trace, and what is logged in it are its events.
//!
//! The standard variables say where to: without `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` nothing is sent, so that a
//! build with the feature is none the worse without a collector.

use std::time::Duration;

use opentelemetry::trace::{TraceContextExt, TraceId, TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Span, Subscriber, warn};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

const SERVICE: &str = "privatelink-operator";

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// For one batch, and for the last at the end of the process.
const DEADLINE: Duration = Duration::from_secs(5);

/// Sends what is left when it is dropped.
#[derive(Debug, Default)]
#[must_use = "spans are sent until it is dropped"]
pub struct Exporter(Option<SdkTracerProvider>);

impl Exporter {
    /// Where spans go, if a variable names a collector.
    pub(super) fn from_environment() -> Result<Self, ExporterBuildError> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !ENDPOINTS.into_iter().any(is_set) {
            return Ok(Self(None));
        }
        // What builds it reads the variables, also those of headers and compression.
        let exporter = SpanExporter::builder().with_http().with_timeout(DEADLINE).build()?;
        Ok(Self::sending(exporter, !is_set("OTEL_SERVICE_NAME")))
    }

    fn sending(exporter: SpanExporter, is_unnamed: bool) -> Self {
        let resource = Resource::builder();
        let resource = if is_unnamed { resource.with_service_name(SERVICE) } else { resource };
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build());
        Self(Some(provider.build()))
    }

    /// Makes spans of the traced ones.
    pub(super) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let tracer = self.0.as_ref()?.tracer(SERVICE);
        Some(tracing_opentelemetry::layer().with_tracer(tracer))
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.as_ref().map(|provider| provider.shutdown_with_timeout(DEADLINE)) {
            warn!("failed to send the last traces: {error}");
        }
    }
}

/// The id of the trace that a span belongs to, if it is sent anywhere.
pub(super) fn trace_id(span: &Span) -> Option<TraceId> {
    let context = span.context();
    let id = context.span().span_context().trace_id();
    (id != TraceId::INVALID).then_some(id)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A collector that takes one batch: the request line and the body.
    fn collect_one(listener: TcpListener) -> thread::JoinHandle<(String, Vec<u8>)> {
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim().to_owned());
            }
            let length =
                lines.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap()];
            reader.read_exact(&mut body).unwrap();
            reader.into_inner().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            (lines.swap_remove(0), body)
        })
    }

    fn holds(body: &[u8], text: &str) -> bool {
        body.windows(text.len()).any(|part| part == text.as_bytes())
    }

    #[test]
    fn a_reconcile_is_sent_as_a_trace_with_its_object_and_its_id_is_known_to_the_log() {
        crate::app::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        let collector = collect_one(listener);
        let built = SpanExporter::builder().with_http().with_endpoint(endpoint).with_timeout(DEADLINE).build();
        let exporter = Exporter::sending(built.unwrap(), true);
        let subscriber = tracing_subscriber::registry().with(exporter.layer());
        let id = tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("reconcile", object.name = "payments", trace_id = tracing::field::Empty);
            super::super::note_trace(&span);
            span.in_scope(|| tracing::info!("Ready is True"));
            trace_id(&span).unwrap()
        });
        drop(exporter);
        let (request, body) = collector.join().unwrap();
        assert_eq!(request, "POST /v1/traces HTTP/1.1");
        for text in ["reconcile", "object.name", "payments", "Ready is True", SERVICE, &id.to_string()] {
            assert!(holds(&body, text), "{text} is not in {}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn without_a_collector_no_span_has_a_trace() {
        let exporter = Exporter::default();
        let subscriber = tracing_subscriber::registry().with(exporter.layer());
        tracing::subscriber::with_default(subscriber, || {
            assert_eq!(trace_id(&tracing::info_span!("reconcile")), None);
        });
    }
}
