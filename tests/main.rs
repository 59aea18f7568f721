//! One test program for everything that is tested from outside the crate.

mod analyze;
mod calendar;
mod calendar_commands;
mod formats;
mod language;
mod other_domain;
mod reference;
mod renderers;
mod similar;
mod syntax;
