// Tests of the page's side of the service worker: when it speaks of a new version, and when the page is loaded anew.

import { strict as assert } from "node:assert";
import { AppUpdates, forgetWorkers, TAKE_OVER } from "../../islands/_app_updates.ts";

/** A worker in the browser's hands. */
class FakeWorker extends EventTarget {
  state = "installing";
  readonly heard: unknown[] = [];
  postMessage(message: unknown): void {
    this.heard.push(message);
  }
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

class FakeRegistration extends EventTarget {
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
  active: FakeWorker | null = null;
  looks = 0;
  update(): Promise<void> {
    this.looks++;
    return Promise.reject(new TypeError("Failed to fetch"));
  }
  /** The browser has found a newer worker. */
  find(worker: FakeWorker): void {
    this.installing = worker;
    this.dispatchEvent(new Event("updatefound"));
  }
  /** The newer worker is installed. */
  install(): void {
    [this.waiting, this.installing] = [this.installing, null];
    this.waiting?.become("installed");
  }
}

class FakeContainer extends EventTarget {
  controller: FakeWorker | null = null;
  readonly registered: string[] = [];
  constructor(readonly registration?: FakeRegistration) {
    super();
  }
  register(script: string): Promise<void> {
    this.registered.push(script);
    return Promise.resolve();
  }
  getRegistration(): Promise<FakeRegistration | undefined> {
    return Promise.resolve(this.registration);
  }
  take(worker: FakeWorker): void {
    this.controller = worker;
    this.dispatchEvent(new Event("controllerchange"));
  }
}

/** A page of a site whose worker runs, or is yet to be installed. */
async function open(isFirstVisit = false) {
  const registration = new FakeRegistration();
  const container = new FakeContainer(registration);
  if (isFirstVisit) registration.installing = new FakeWorker();
  else registration.active = container.controller = new FakeWorker();
  return await watch(registration, container);
}

async function watch(registration: FakeRegistration, container: FakeContainer) {
  const said: string[] = [];
  const updates = new AppUpdates(container as unknown as ServiceWorkerContainer, {
    onReady: () => said.push("ready"),
    reload: () => said.push("reload"),
  });
  await updates.start();
  return { registration, container, updates, said };
}

Deno.test("AppUpdates registers the worker at the root", async () => {
  const { container } = await open();
  assert.deepEqual(container.registered, ["/sw.js"]);
});

Deno.test("AppUpdates says nothing of the first version of all", async () => {
  const { registration, container, said } = await open(true);
  const { installing } = registration;
  assert.ok(installing);
  registration.install();
  [registration.active, registration.waiting] = [installing, null];
  container.take(installing);
  assert.deepEqual(said, []);
});

Deno.test("AppUpdates tells of a new version once it is installed, and of one that waited already", async () => {
  const { registration, container, said } = await open();
  registration.find(new FakeWorker());
  assert.deepEqual(said, [], "Too early");
  registration.install();
  assert.deepEqual(said, ["ready"]);
  assert.deepEqual((await watch(registration, container)).said, ["ready"]);
});

Deno.test("AppUpdates says nothing of a version that fails to install", async () => {
  const { registration, said } = await open();
  const broken = new FakeWorker();
  registration.find(broken);
  registration.installing = null;
  broken.become("redundant");
  assert.deepEqual(said, []);
});

Deno.test("AppUpdates lets the new version in when told to, and loads the page once it is in", async () => {
  const { registration, container, updates, said } = await open();
  const newer = new FakeWorker();
  registration.find(newer);
  registration.install();
  assert.deepEqual(newer.heard, [], "Nobody has agreed yet");
  updates.accept();
  updates.accept(); // a second click
  assert.deepEqual([newer.heard, said], [[TAKE_OVER], ["ready"]]);
  container.take(newer);
  assert.deepEqual(said, ["ready", "reload"]);
});

Deno.test("AppUpdates does not load a page anew because another tab has agreed; it asks", async () => {
  const { registration, container, updates, said } = await open();
  registration.find(new FakeWorker());
  registration.install();
  const newer = registration.waiting;
  assert.ok(newer);
  registration.waiting = null;
  container.take(newer);
  assert.deepEqual(said, ["ready", "ready"]);
  updates.accept();
  assert.deepEqual(said, ["ready", "ready", "reload"]);
});

Deno.test("AppUpdates looks for a newer version when told to, and bears being offline", async () => {
  const { registration, updates } = await open();
  await updates.look();
  assert.equal(registration.looks, 1);
});

Deno.test("AppUpdates hears nothing after its end, nor where no worker may be", async () => {
  const { registration, container, updates, said } = await open();
  registration.find(new FakeWorker());
  updates.stop();
  registration.install();
  container.take(new FakeWorker());
  assert.deepEqual(said, []);
  const barred = await watch(registration, new FakeContainer());
  barred.updates.accept();
  await barred.updates.look();
  assert.deepEqual(barred.said, ["reload"]);
});

Deno.test("forgetWorkers ends all workers, and deletes what they have kept and nothing else", async () => {
  const ended: number[] = [];
  const registrations = [1, 2].map((id) => ({
    unregister: () => Promise.resolve(ended.push(id) > 0),
  }));
  const names = new Set(["lobbycard-app-1", "lobbycard-models-1", "lobbycard-app-2"]);
  await forgetWorkers(
    { getRegistrations: () => Promise.resolve(registrations as ServiceWorkerRegistration[]) },
    {
      keys: () => Promise.resolve([...names]),
      delete: (name) => Promise.resolve(names.delete(name)),
    },
  );
  assert.deepEqual([ended, [...names]], [[1, 2], ["lobbycard-models-1"]]);
});
