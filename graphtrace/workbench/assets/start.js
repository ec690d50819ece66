"use strict";
// Before anything is painted: that scripts run, so that nothing jumps.
document.documentElement.classList.add("scripted");
