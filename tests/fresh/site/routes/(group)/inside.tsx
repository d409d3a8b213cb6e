// A page in a group.

export default () => <p>inside</p>;
