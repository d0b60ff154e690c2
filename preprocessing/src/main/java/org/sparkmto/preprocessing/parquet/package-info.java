/**
 * Parquet files: their groups of rows, and those of other programs as Spark reads them, for tables
 * and for images within.
 */
package org.sparkmto.preprocessing.parquet;
