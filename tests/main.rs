//! One test program for everything that is tested from outside the crate.

mod analyze;
mod architecture;
#[cfg(unix)]
mod browser;
mod bulletin;
mod calendar;
mod calendar_commands;
mod commands;
mod compare;
mod containers;
mod convert;
mod coverage;
mod differential;
mod documents;
mod due;
mod examples;
mod formats;
mod graph;
mod guides;
mod impact;
mod ledger;
mod ledger_examples;
mod lint;
mod mutation;
mod other_domain;
mod readme;
mod recorded;
mod reference;
mod renderers;
mod similar;
mod support;
mod syntax;
mod verify;
mod versions;
mod vocabulary;
mod waivers;
