//! Networks: tensors in, tensors out. No files, no training, no documents.

pub mod ops;
