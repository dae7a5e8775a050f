//! What the particulars are.

use crate::value::{Address, Division, Invalid, Name, Phone, Point, ZoneCode};

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
    /// Address down to the door, to the street where it is withheld; absent where a published list gives none (地址).
    pub address: Option<Address>,
    /// The outlet's public telephone, never a person's (公开电话).
    pub phone: Option<Phone>,
    /// Where it stands; absent where the address is withheld (位置).
    pub location: Option<Point>,
    /// Whether the public sees the place to the street only, because the address is a home (隐去详细地址).
    pub withhold_address: bool,
}

impl Particulars {
    /// Reads an address: where it is withheld because it is a home, no door number enters the log.
    pub fn address(text: &str, withheld: bool) -> Result<Address, Invalid> {
        if withheld { Address::parse_to_street(text) } else { Address::parse(text) }
    }

    /// A location, none where the address is withheld: a point on the ground is the door.
    pub fn location(location: Option<Point>, withheld: bool) -> Result<Option<Point>, Invalid> {
        if withheld && location.is_some() { Err(Invalid::LOCATION_WITHHELD) } else { Ok(location) }
    }
}
