//! One test program for everything that is tested from outside.

mod calendar;
