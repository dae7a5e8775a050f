//! Why a file is no list.

/// Why a file is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// More than [`super::FILE_BYTES_MAX`] bytes, or a workbook that unpacks to far more, or more cells than lists have.
    #[error("文件过大,上限64 MiB / the file is larger than 64 MiB, or unpacks to far more")]
    TooLarge,
    /// More than [`super::ROWS_MAX`] rows.
    #[error("行数超过200000 / more than 200,000 rows")]
    TooManyRows,
    /// Neither UTF-8 nor UTF-16 nor GB18030.
    #[error("文字编码既非UTF-8也非GB18030 / neither UTF-8 nor GB18030 text")]
    Encoding,
    /// The workbook is damaged.
    #[error(
        "不是可读的表格文件,请在表格软件中打开并另存为 .xlsx / not a workbook that can be read: open it and save it as .xlsx ({0})"
    )]
    Workbook(String),
    /// The file ends before its end.
    #[error("文件不完整(可能没有下载或复制完),请重新取得 / the file breaks off before its end: fetch it again")]
    CutShort,
    /// It is opened with a password.
    #[error(
        "文件设有打开密码,请在表格软件中打开,取消密码后另存 / the file has a password: open it and save it without one"
    )]
    Password,
    /// It is no list, but.
    #[error("{} / {}", .0.zh(), .0.en())]
    NotAList(Kind),
}

/// What a file is that is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing at all.
    Empty,
    /// Excel 2 to 4.
    OldestExcel,
    /// A workbook in Excel's binary form (.xlsb).
    BinaryWorkbook,
    /// A table of WPS (.et) in a form of its own.
    WpsTable,
    /// Works, or another file in the container of old Office files.
    OldOffice,
    /// A text document of Word or WPS (.doc, .wps, .docx, .odt, .rtf).
    TextDocument,
    /// Slides.
    Slides,
    /// A PDF or OFD.
    Pdf,
    /// A picture, also a scanned page.
    Picture,
    /// An archive of files.
    Archive,
    /// A document of Apple Numbers.
    Numbers,
    /// A web page without a table that holds anything.
    NoTable,
    /// A workbook without a sheet that holds anything.
    NoSheet,
    /// A database: Access, dBase, `SQLite`.
    Database,
    /// A program's file, or one that nobody can tell.
    Unknown,
}

impl Kind {
    /// What it is and what to do.
    pub fn zh(self) -> &'static str {
        self.told().0
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        self.told().1
    }

    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("文件是空的", "the file is empty"),
            Self::OldestExcel => {
                ("Excel 4.0 或更早的文件,请另存为 .xlsx", "a file of Excel 4.0 or earlier: save it as .xlsx")
            }
            Self::BinaryWorkbook => {
                ("Excel 二进制工作簿(.xlsb),请另存为 .xlsx", "a binary workbook (.xlsb): save it as .xlsx")
            }
            Self::WpsTable => {
                ("WPS 表格文件(.et),请在 WPS 中另存为 .xlsx", "a WPS table (.et): save it as .xlsx in WPS")
            }
            Self::OldOffice => (
                "旧版 Office 文件,但其中没有工作簿;请把表格另存为 .xlsx",
                "an old Office file without a workbook: save its table as .xlsx",
            ),
            Self::TextDocument => (
                "文字文档(Word 或 WPS),请把其中的表格复制到表格软件,另存为 .xlsx",
                "a text document (Word or WPS): copy its table into a spreadsheet and save that as .xlsx",
            ),
            Self::Slides => (
                "演示文稿,请把其中的表格复制到表格软件,另存为 .xlsx",
                "slides: copy the table into a spreadsheet and save that as .xlsx",
            ),
            Self::Pdf => (
                "PDF 或 OFD 文件,请取得其表格文件,或转换为 .xlsx 并核对后导入",
                "a PDF or OFD file: get the workbook it was made from, or convert it to .xlsx and compare",
            ),
            Self::Picture => {
                ("图片,无法读取;请取得其表格文件", "a picture, which cannot be read: get the workbook it was made from")
            }
            Self::Archive => (
                "压缩文件,请先解压,再逐个导入其中的表格",
                "an archive: unpack it and import the lists in it one by one",
            ),
            Self::Numbers => ("Numbers 表格,请导出为 .xlsx 或 CSV", "a Numbers document: export it as .xlsx or CSV"),
            Self::NoTable => ("网页,但其中没有表格;请取得其附件", "a web page without a table: get its attachment"),
            Self::NoSheet => ("工作簿中没有内容", "a workbook that holds nothing"),
            Self::Database => ("数据库文件,请导出为 .xlsx 或 CSV", "a database: export the list as .xlsx or CSV"),
            Self::Unknown => (
                "不是可读的名单文件,请另存为 .xlsx 或 CSV",
                "no kind of file that is known: save the list as .xlsx or CSV",
            ),
        }
    }
}
