//! One test program for everything that is tested from outside the crate.

mod calendar;
mod calendar_commands;
mod differential;
mod examples;
mod formats;
mod lint;
mod reference;
mod renderers;
mod similar;
mod support;
mod syntax;
mod vocabulary;
