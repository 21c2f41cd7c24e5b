"use strict";
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const chart = figure.querySelector(".chart");
  const spec = JSON.parse(figure.querySelector("script").textContent);
  const options = { ast: true, actions: false, defaultStyle: false, mode: "vega-lite", renderer: "svg", tooltip: false };
  vegaEmbed(chart, spec, options)
    .then(() => {
      chart.querySelector("svg").setAttribute("aria-hidden", "true");
      figure.dataset.chart = "drawn";
    })
    .catch((error) => {
      figure.dataset.chart = "failed";
      console.error(error);
    });
}
