/** Parquet files of other programs, as Spark reads them: for tables and for images within. */
package org.sparkmto.preprocessing.parquet;
