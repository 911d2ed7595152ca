//! A [`narrative::Document`] as the bytes of a PDF that carries its own evidence, and the evidence out of such a file again.
