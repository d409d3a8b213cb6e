// A page without a handler.

export default () => <h1>home</h1>;
