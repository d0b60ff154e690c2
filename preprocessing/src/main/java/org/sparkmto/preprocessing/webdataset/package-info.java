/** Tar files whose members belong together by their names, as WebDataset writes them. */
package org.sparkmto.preprocessing.webdataset;
