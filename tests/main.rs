//! One test program for everything that is tested from outside.

mod calendar;
//! One binary for all tests but the case pages.

mod formats;
