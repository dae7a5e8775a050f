//! Why a file is no list.

/// Why a file is not read at all.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// More than [`super::FILE_BYTES_MAX`] bytes, or a workbook that unpacks to far more.
    #[error("文件过大,上限64 MiB / the file is larger than 64 MiB, or unpacks to far more")]
    TooLarge,
    /// More than [`super::ROWS_MAX`] rows.
    #[error("行数超过200000 / more than 200,000 rows")]
    TooManyRows,
    /// Neither UTF-8 nor UTF-16 nor GB18030.
    #[error("文字编码既非UTF-8也非GB18030 / neither UTF-8 nor GB18030 text")]
    Encoding,
    /// The text could not be split into rows.
    #[error("不是可读的CSV / not a CSV file that can be read: {0}")]
    Text(String),
    /// An .xls file of Excel 97 to 2003.
    #[error("旧版 .xls 文件,请另存为 .xlsx 或 CSV / an old .xls file: save it as .xlsx or CSV")]
    OldWorkbook,
    /// The workbook is damaged or no workbook.
    #[error("不是可读的 .xlsx 文件 / not an .xlsx file that can be read: {0}")]
    Workbook(String),
}
