// Divides shots into those to train with and those to test with: whole shots, in stretches spread over the film.

/** Test pictures lie in so many stretches of the film at most, and in about one for every four pictures. */
const MAX_STRETCHES = 8;

/**
 * The numbers of the shots that are set aside for testing. Neighbouring shots are often of one place, so they are taken
 * together: from the middle of equal parts of the film. At least one shot stays to train with.
 *
 * @param pictures how many pictures each shot has, in the order of the film
 * @param fraction of the pictures to test with, 0 to 0.5; above 0, and with two shots or more, at least one shot is set aside
 */
export function chooseTestShots(pictures: readonly number[], fraction: number): Set<number> {
  const total = pictures.reduce((sum, count) => sum + count, 0);
  const shots = pictures.flatMap((count, shot) => count > 0 ? [shot] : []);
  if (fraction <= 0 || shots.length < 2) return new Set();
  const stretches = Math.min(MAX_STRETCHES, Math.max(1, Math.floor((total * fraction) / 4)));
  let before = 0;
  const fromMiddle = new Map(shots.map((shot) => {
    const place = ((before + pictures[shot] / 2) / total) * stretches;
    before += pictures[shot];
    return [shot, Math.abs(place - Math.floor(place) - 0.5)];
  }));
  const distance = (shot: number) => fromMiddle.get(shot) ?? 1;
  const nearest = shots.toSorted((a, b) => distance(a) - distance(b));
  const chosen = shots.filter((shot) => distance(shot) < fraction / 2);
  if (chosen.length === 0) return new Set([nearest[0]]);
  return new Set(chosen.length < shots.length ? chosen : chosen.slice(1));
}
