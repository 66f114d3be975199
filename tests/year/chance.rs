//! Chance by a seed: the same seed, the same year.

#[path = "../sim/rng.rs"]
#[allow(dead_code, reason = "the simulator draws in more ways")]
mod rng;

pub use rng::Rng;
