/** From a raw data set to shards, quarantine and manifest: the entry point of preprocessing. */
package org.sparkmto.preprocessing.job;
