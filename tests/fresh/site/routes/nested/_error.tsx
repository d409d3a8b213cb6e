// The error page of a folder.

export default () => <p>nested error</p>;
