//! The delay that a throttled answer asks for.

use std::time::Duration;

use http::HeaderMap;

/// The longest delay believed, as in the provider's SDKs.
const LONGEST: Duration = Duration::from_mins(2);

/// The delay of `x-acs-retry-after`, in milliseconds. Only a positive whole number counts. Any error that carries one is a
/// throttled one.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    positive(headers.get("x-acs-retry-after")?.to_str().ok()?)
}

/// The larger `TimeLeft` of the older headers, such as `Limit:1,Remain:0,TimeLeft:2000,Reset:1234`. They may come with any
/// answer, so they say how long, never whether.
pub(super) fn time_left(headers: &HeaderMap) -> Option<Duration> {
    let names = ["x-ratelimit-user", "x-ratelimit-user-api"];
    names.iter().filter_map(|name| headers.get(*name)?.to_str().ok().and_then(time_left_in)).max()
}

fn time_left_in(text: &str) -> Option<Duration> {
    text.split(',')
        .filter_map(|field| field.split_once(':'))
        .find(|(name, _)| name.trim() == "TimeLeft")
        .and_then(|(_, milliseconds)| positive(milliseconds))
}

fn positive(milliseconds: &str) -> Option<Duration> {
    let milliseconds: u64 = milliseconds.trim().parse().ok().filter(|number| *number > 0)?;
    Some(Duration::from_millis(milliseconds).min(LONGEST))
}
