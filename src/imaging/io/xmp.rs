//! XMP packets: the few properties that opening a photo makes untrue. The packet keeps its length and all other bytes.

/// Sets the orientation to 1 and blanks embedded thumbnails, which still show what will be erased.
pub(super) fn clean(mut packet: Vec<u8>) -> Vec<u8> {
    for before in [b"tiff:Orientation=\"".as_slice(), b"tiff:Orientation='", b"<tiff:Orientation>"] {
        let mut at = 0;
        while let Some(value) = after(&packet, at, before) {
            if let Some(digit @ b'2'..=b'8') = packet.get_mut(value) {
                *digit = b'1';
            }
            at = value;
        }
    }
    // The picture is base64 text, as an element or as an attribute.
    for (before, end) in [
        (b"<xmpGImg:image>".as_slice(), b'<'),
        (b"<xapGImg:image>", b'<'),
        (b"xmpGImg:image=\"", b'"'),
        (b"xapGImg:image=\"", b'"'),
    ] {
        let mut at = 0;
        while let Some(value) = after(&packet, at, before) {
            let text = packet.get_mut(value..).unwrap_or_default();
            let len = text.iter().position(|&byte| byte == end).unwrap_or(0);
            text.iter_mut().take(len).for_each(|byte| *byte = b' ');
            at = value;
        }
    }
    packet
}

/// The position after the next `wanted` at or after `from`.
fn after(packet: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let found = packet.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?;
    Some(from + found + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_became_untrue_changes() {
        let cases = [
            (r#"<a tiff:Orientation="6" x="6"/>"#, r#"<a tiff:Orientation="1" x="6"/>"#),
            ("<tiff:Orientation>8</tiff:Orientation>", "<tiff:Orientation>1</tiff:Orientation>"),
            ("<xmpGImg:image>AbC=</xmpGImg:image>", "<xmpGImg:image>    </xmpGImg:image>"),
            (r#"<r xmpGImg:image="Ab" y="Ab"/>"#, r#"<r xmpGImg:image="  " y="Ab"/>"#),
            ("<a>an untouched packet</a>", "<a>an untouched packet</a>"),
            ("<xmpGImg:image>cut", "<xmpGImg:image>cut"),
        ];
        for (before, wanted) in cases {
            assert_eq!(clean(before.into()), wanted.as_bytes(), "{before}");
        }
    }
}
