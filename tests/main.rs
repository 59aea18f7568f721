//! One test program for everything that is tested from outside the crate.

mod calendar;
mod formats;
mod reference;
mod renderers;
mod syntax;
