//! The stroke under way as triangles: a ribbon through its nibs with soft rims and round ends.

use egui::{Color32, Mesh, Pos2, Vec2, pos2, vec2};

use crate::imaging::ink::Node;

/// Corners of a round end or a sharp bend.
const CORNERS: u32 = 14;
/// Bends sharper than this get a round joint; the cosine of 25 degrees.
const SHARP: f32 = 0.906;

/// The ribbon through `nibs` on a paper whose top left corner is `origin` and whose side is `side` points; the rim is `rim`
/// points wide.
pub(in crate::ui) fn ribbon(nibs: &[Node], origin: Pos2, side: f32, rim: f32, color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let places: Vec<(Pos2, f32)> = nibs
        .iter()
        .map(|nib| (pos2(origin.x + nib.x * side, origin.y + nib.y * side), (nib.radius * side).max(rim / 2.0)))
        .collect();
    let (Some(&first), Some(&last)) = (places.first(), places.last()) else { return mesh };
    mesh.reserve_vertices(places.len() * 4 + 64);
    mesh.reserve_triangles(places.len() * 6 + 96);
    disc(&mut mesh, first, rim, color);
    let mut before: Option<(Pos2, Vec2)> = None;
    for pair in places.windows(2) {
        let ((from, _), (to, radius)) = (pair[0], pair[1]);
        let way = to - from;
        if way.length_sq() < 1e-4 {
            continue;
        }
        let ahead = way.normalized();
        let has_bend = before.is_some_and(|(_, last)| last.dot(ahead) < SHARP);
        if has_bend {
            disc(&mut mesh, pair[0], rim, color);
        }
        if before.is_none() || has_bend {
            rung(&mut mesh, pair[0], ahead, rim, color);
        }
        rung(&mut mesh, (to, radius), ahead, rim, color);
        rails(&mut mesh);
        before = Some((to, ahead));
    }
    disc(&mut mesh, last, rim, color);
    mesh
}

/// Four vertices across the ribbon: rim, edge, edge, rim.
fn rung(mesh: &mut Mesh, (at, radius): (Pos2, f32), ahead: Vec2, rim: f32, color: Color32) {
    let side = vec2(-ahead.y, ahead.x);
    let inner = (radius - rim / 2.0).max(0.0);
    let outer = radius + rim / 2.0;
    for (reach, color) in
        [(-outer, Color32::TRANSPARENT), (-inner, color), (inner, color), (outer, Color32::TRANSPARENT)]
    {
        mesh.colored_vertex(at + side * reach, color);
    }
}

/// Connects the last two rungs.
fn rails(mesh: &mut Mesh) {
    let end = mesh.vertices.len() as u32;
    let (from, to) = (end - 8, end - 4);
    for n in 0..3 {
        mesh.add_triangle(from + n, from + n + 1, to + n);
        mesh.add_triangle(from + n + 1, to + n + 1, to + n);
    }
}

fn disc(mesh: &mut Mesh, (at, radius): (Pos2, f32), rim: f32, color: Color32) {
    let center = mesh.vertices.len() as u32;
    mesh.colored_vertex(at, color);
    for n in 0..CORNERS {
        let angle = n as f32 / CORNERS as f32 * std::f32::consts::TAU;
        let ahead = Vec2::angled(angle);
        mesh.colored_vertex(at + ahead * (radius - rim / 2.0).max(0.0), color);
        mesh.colored_vertex(at + ahead * (radius + rim / 2.0), Color32::TRANSPARENT);
    }
    let corner = |n: u32| center + 1 + 2 * (n % CORNERS);
    for n in 0..CORNERS {
        let (a, b) = (corner(n), corner(n + 1));
        mesh.add_triangle(center, a, b);
        mesh.add_triangle(a, a + 1, b);
        mesh.add_triangle(b, a + 1, b + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nib(x: f32, y: f32) -> Node {
        Node { x, y, radius: 0.01 }
    }

    #[test]
    fn a_ribbon_covers_its_line_and_its_indices_are_sound() {
        let nibs: Vec<Node> =
            (0..200).map(|n| nib(0.1 + n as f32 / 250.0, 0.5 + (n as f32 / 9.0).sin() * 0.1)).collect();
        let mesh = ribbon(&nibs, pos2(10.0, 20.0), 400.0, 1.0, Color32::WHITE);
        assert!(mesh.is_valid(), "every index has its vertex");
        let bounds = mesh.calc_bounds();
        assert!((bounds.left() - (10.0 + 0.1 * 400.0 - 4.5)).abs() < 0.6, "with its round end: {bounds:?}");
        assert!(mesh.vertices.len() < 200 * 6 + 200, "about four for each place");
    }

    #[test]
    fn a_point_is_a_disc_and_nothing_is_nothing() {
        assert!(!ribbon(&[nib(0.5, 0.5)], Pos2::ZERO, 100.0, 1.0, Color32::WHITE).is_empty(), "a dot");
        assert!(ribbon(&[], Pos2::ZERO, 100.0, 1.0, Color32::WHITE).is_empty(), "nothing");
        let still = [nib(0.5, 0.5); 3];
        assert!(ribbon(&still, Pos2::ZERO, 100.0, 1.0, Color32::WHITE).is_valid(), "a pen that does not move");
    }
}
