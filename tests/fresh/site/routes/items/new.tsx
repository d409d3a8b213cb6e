// A page beside one with a parameter.

export default () => <p>new item</p>;
