//! What becomes of an event of the watch.

use std::time::Duration;

use super::FaultInjector;
use crate::fault::ViewFault;
use crate::proxy::view::Distortion;
use crate::proxy::{Arrival, OnEvent, WatchEvent};

/// Several lists and back-offs: the operator acts on what it knows meanwhile.
const WHILE: Duration = Duration::from_millis(400);

impl FaultInjector {
    /// An event has come; `injected` is the fault, if this is its place.
    pub(super) fn on_event(&self, arrival: &Arrival, event: &WatchEvent, injected: Option<ViewFault>) -> OnEvent {
        if let Some(fault) = injected {
            self.inject(format!("the event {:?} of {} meets {}", event.type_, event.name, fault.name()));
        }
        let on_event = self.view.event(arrival, event, injected.and_then(distortion));
        if injected == Some(ViewFault::Reconnect) { OnEvent::End } else { on_event }
    }
}

fn distortion(fault: ViewFault) -> Option<Distortion> {
    match fault {
        ViewFault::Lose => Some(Distortion::Lose(WHILE)),
        ViewFault::Delay => Some(Distortion::Delay(WHILE)),
        ViewFault::Repeat => Some(Distortion::Repeat),
        ViewFault::Reorder => Some(Distortion::Reorder(WHILE)),
        ViewFault::Reconnect => None,
        ViewFault::TimeTravel => Some(Distortion::TimeTravel { changes: 1, lag: WHILE }),
        ViewFault::TimeTravelFar => Some(Distortion::TimeTravel { changes: 3, lag: WHILE }),
    }
}
