//! 准绳: regulations as executable, testable rules, checked against task histories.
//!
//! ```text
//! rules/*.rule ─ source ─▶ syntax ─▶ analyze ─▶ Policy ─▶ plan ─▶ Plan ┐
//! calendars/*  ───────────▶ calendar ─▶ Calendar ──────────────────────┤
//! logs ─ source ─▶ logs (+ vocabulary) ─▶ History ─ as-of, coverage ───┴▶ evaluate ─▶ Findings ─▶ render
//! ```
//!
//! Modules in reading order. Each may use only those listed for it in `docs/architecture.md`.

pub mod program;

pub mod source;

pub mod diagnostic;

pub mod calendar;

pub mod vocabulary;

pub mod history;

pub mod logs;

pub mod container;

pub mod convert;

pub mod syntax;

pub mod policy;

pub mod analyze;

pub mod plan;

pub mod finding;

pub mod evaluate;

pub mod articles;

pub mod library;

pub mod lint;

pub mod check;

pub mod waiver;

pub mod due;

pub mod bulletin;

pub mod cases;

pub mod coverage;

pub mod mutation;

pub mod norm;

pub mod compare;

pub mod graph;

pub mod verify;

pub mod render;

pub mod cli;
