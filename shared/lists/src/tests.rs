//! Whole files, from bytes to readings.
