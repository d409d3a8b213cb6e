// A component, no route.

export default () => <p>hidden</p>;
