/**
 * What a person reads after a run. A pure function of the files a run leaves behind, {@code
 * run.json}, {@code metrics.jsonl}, {@code evaluation-<split>.json} and {@code
 * details-<split>.json}, to one self-contained HTML page and the same numbers as CSV, LaTeX and
 * JSON. The files are never changed, no clock and no network is asked, so the same files always
 * give the same bytes.
 */
package org.sparkmto.report;
