// A page without wrapper and layouts.

/** Leaves out what is around. */
export const config = { skipAppWrapper: true, skipInheritedLayouts: true };

export default () => <p>bare</p>;
