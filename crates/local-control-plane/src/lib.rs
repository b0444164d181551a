//! local-control-plane
