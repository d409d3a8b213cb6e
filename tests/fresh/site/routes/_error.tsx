// The error page of the test site.

import { HttpError, type PageProps } from "fresh";

export default ({ error }: PageProps) => (
  <p>error {error instanceof HttpError ? error.status : "inside"}</p>
);
