// A page inside a group of the test site.

export default () => <p>inside</p>;
