// The patient's page: reads what the server put into it, and comes alive.
import { html, render } from "./live/html.js";
import { LivePage } from "./live/page.js";

const root = document.getElementById("live");
const given = JSON.parse(document.getElementById("page-data").textContent);

root.replaceChildren();
render(html`<${LivePage} given=${given} />`, root);
