//! The lessons that ship with the program. `scripts/make_lessons.py` draws them; `lessons/CREDITS.md` says after what.

use std::sync::{Arc, LazyLock};

use super::lesson::Lesson;

const BOOKS: [&str; 6] = [
    include_str!("../../lessons/cats.json"),
    include_str!("../../lessons/robots.json"),
    include_str!("../../lessons/faces.json"),
    include_str!("../../lessons/shoes.json"),
    include_str!("../../lessons/space.json"),
    include_str!("../../lessons/motorbikes.json"),
];

static LESSONS: LazyLock<Vec<Arc<Lesson>>> = LazyLock::new(|| {
    let read = |book: &&str| match Lesson::read_all(book) {
        Ok(lessons) => lessons,
        Err(error) => {
            tracing::error!("lessons that ship with the program are lost: {error}");
            Vec::new()
        }
    };
    BOOKS.iter().flat_map(read).map(Arc::new).collect()
});

/// All lessons that ship, theme by theme, easy ones first.
#[must_use]
pub fn lessons() -> &'static [Arc<Lesson>] {
    &LESSONS
}

/// The lesson of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Arc<Lesson>> {
    lessons().iter().find(|lesson| &*lesson.name == name)
}

/// The themes that have lessons, in their order.
#[must_use]
pub fn themes() -> Vec<Arc<str>> {
    let mut themes: Vec<Arc<str>> = lessons().iter().map(|lesson| Arc::clone(&lesson.theme)).collect();
    themes.dedup();
    themes
}

#[cfg(test)]
mod tests {
    use super::super::ink::{Frame, Ink, LineMap, SIDE};
    use super::*;

    #[test]
    fn every_theme_has_four_lessons_that_can_be_drawn() {
        assert_eq!(themes().len(), BOOKS.len(), "every book could be read");
        for theme in themes() {
            let own: Vec<_> = lessons().iter().filter(|lesson| lesson.theme == theme).collect();
            assert!(own.len() >= 4, "{theme} has {}", own.len());
            assert!(own.is_sorted_by_key(|lesson| lesson.difficulty), "{theme}: easy ones first");
        }
        let mut names: Vec<_> = lessons().iter().map(|lesson| &lesson.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), lessons().len(), "each has a name of its own");
    }

    #[test]
    fn no_lesson_is_more_than_a_child_would_draw() {
        for lesson in lessons() {
            let name = &lesson.name;
            assert!((3..=9).contains(&lesson.steps.len()), "{name}: {} steps", lesson.steps.len());
            assert!(lesson.strokes().len() <= 40, "{name}: {} strokes", lesson.strokes().len());
            let [left, top, right, bottom] = Ink::of_strokes(&lesson.strokes()).bounds().unwrap();
            assert!((right - left).max(bottom - top) > 0.5, "{name} fills the paper");
            for step in &lesson.steps {
                let ink = Ink::of_strokes(&step.strokes);
                let cells = LineMap::new(&ink, Frame::paper(SIDE), SIDE).cells().len();
                assert!(cells >= 4, "{name}: {} is too small to be seen", step.part);
                assert!(step.words.iter().all(|words| !words.is_empty()), "{name}: {} is not explained", step.part);
            }
        }
    }
}
