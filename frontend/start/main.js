// The start page, the documents and the error pages need a look, not a script.
import "./start.css";
