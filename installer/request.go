package installer

// requestFile is what the office lays into the inbox to have a version
// changed; it is removed as soon as it is taken up.
const requestFile = "request.json"
