//! The simulator as its users meet it: signed requests in, answers out.

mod life;
mod support;
