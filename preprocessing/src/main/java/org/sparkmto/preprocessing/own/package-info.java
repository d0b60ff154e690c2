/** Your own data: a Parquet or CSV table and a list of tasks in the configuration. */
package org.sparkmto.preprocessing.own;
