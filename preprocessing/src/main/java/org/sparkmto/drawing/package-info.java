/**
 * The one canvas for pictures in files: pixels, smooth lines and shapes, and letters that need no
 * font of the machine. Pages are drawn as SVG, by the report.
 */
package org.sparkmto.drawing;
