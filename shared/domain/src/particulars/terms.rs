//! What the particulars are.

use crate::value::{Address, Division, Name, Phone, Point, ZoneCode};

/// What identifies an outlet to people (网点信息).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// Name of the outlet (网点名称).
    pub name: Name,
    /// Name of its operator (运营主体名称).
    pub operator_name: Name,
    /// Place by its statistical code: 12 digits, or the first 6 or 9 (统计用区划代码).
    pub division: Division,
    /// Administering zone, where a functional zone governs the place (功能区).
    pub zone: Option<ZoneCode>,
    /// Address down to the door; absent where a published list gives none (地址).
    pub address: Option<Address>,
    /// The outlet's public telephone, never a person's (公开电话).
    pub phone: Option<Phone>,
    /// Where it stands (位置).
    pub location: Option<Point>,
    /// Whether the public sees the place to the street only, because the address is a home (隐去详细地址).
    pub withhold_address: bool,
}
