//! Processors of card payments: one file or folder per gateway.
//!
//! Each turns an order into exact bytes and an answer into our words, and
//! does both purely; only [`http`] touches the network.

mod gate;
pub mod http;
pub mod stripe;
