// Loaded on every page. Each module enhances markup that works without it.
import "./menu.js";
import "./copy.js";
import "./drop.js";
import "./form.js";
import "./rows.js";
