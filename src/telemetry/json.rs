//! One JSON object a line, flat: whoever searches the log finds the object of a reconcile by the same keys as everything else.

use std::fmt;

use cloud_core::Clock;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// Writes timestamp, level, target, the fields of all spans from the outermost to the innermost, then those of the event, `message`
/// among them. A later field of the same name wins.
#[derive(Debug)]
pub(super) struct Flat<C>(pub(super) C);

impl<C, S> FormatEvent<S, JsonFields> for Flat<C>
where
    C: Clock,
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = head(self.0.now(), event);
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<JsonFields>>() {
                line.extend(serde_json::from_str::<Map<String, Value>>(&fields.fields).unwrap_or_default());
            }
        }
        event.record(&mut Fields(&mut line));
        writeln!(writer, "{}", Value::Object(line))
    }
}

fn head(now: Timestamp, event: &Event<'_>) -> Map<String, Value> {
    let metadata = event.metadata();
    [
        ("timestamp", format!("{now:.3}")),
        ("level", metadata.level().to_string()),
        ("target", metadata.target().to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), Value::String(value)))
    .collect()
}

/// Takes the fields of an event into a line.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn take(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Debug)]
    struct Epoch;

    impl Clock for Epoch {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

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

    impl MakeWriter<'_> for Lines {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    fn logged(work: impl FnOnce()) -> Vec<Value> {
        let lines = Lines::default();
        let format = Flat(Epoch);
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(JsonFields::new())
            .event_format(format)
            .with_writer(lines.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, work);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_of_a_reconcile_carries_the_object_beside_its_own_fields() {
        let lines = logged(|| {
            let span = tracing::info_span!("reconcile", namespace = "team", name = "payments", generation = 3);
            span.in_scope(|| tracing::info!(service_id = "epsrv-1", request_id = None::<&str>, "Ready is {}", true));
        });
        assert_eq!(
            lines,
            [json!({
                "timestamp": "1970-01-01T00:00:00.000Z",
                "level": "INFO",
                "target": "privatelink_operator::telemetry::json::tests",
                "namespace": "team",
                "name": "payments",
                "generation": 3,
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
