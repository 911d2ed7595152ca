//! Facts in, a page of words out. Typed facts ([`facts`] when they are there) are ranked and written by the templates of a
//! language into a [`Document`]; renderers print that document as Markdown, HTML, PDF, Slack blocks or plain text and add
//! nothing of their own. The same facts in the same language give the same document, on every machine.

pub mod document;

pub use document::Document;
