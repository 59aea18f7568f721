//! Rule text ⇄ syntax tree. Takes one file; gives the tree and all problems in it.
//! The only module that knows pest. Does not know what any name means.

pub mod ast;
